import { useQueryClient } from '@tanstack/react-query';

/** After a change of what is said of the data: reads it anew, then closes. */
export function useVocabularyChange(queryKey: readonly string[], close: () => void): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    await queries.invalidateQueries({ queryKey });
    close();
  };
}
