/**
 * Loaded into the server that is fuzzed, before anything of it: says on standard error when something was added to what all objects
 * have in common.
 */
const watched = { Object, Array, Function, String, Number, Boolean, Promise, Error, Map, Set, Buffer };
const namesOf = () =>
  Object.entries(watched).flatMap(([name, { prototype }]) =>
    Reflect.ownKeys(prototype).map((key) => `${name}.prototype.${String(key)}`),
  );

let known: ReadonlySet<string> | undefined;
const timer = setInterval(() => {
  const names = namesOf();
  if (!known) process.stderr.write('prototypes are watched\n');
  for (const name of names) if (known && !known.has(name)) process.stderr.write(`prototype changed: ${name}\n`);
  known = new Set(names);
}, 200);
timer.unref();
