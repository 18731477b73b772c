/**
 * Whether the tests that kill and shuffle run in their long form (`LETHE_TEST_LONG=1`, as `npm run test:faults` sets it). The suite runs each
 * of them as well, less often: what only one run in many shows is found by command.
 */
export const isLongForm = process.env.LETHE_TEST_LONG === '1';

/** Each phase of a bulk deletion is killed in so many times. */
export const faultRounds = isLongForm ? 5 : 2;
