const key = 'lethe.dataset';

/** The dataset that this browser showed last; nothing else about anybody's work is kept in it. */
function lastDataset(): string | null {
  return localStorage.getItem(key);
}

/** The dataset that one was in last, where one still has a role in it, or else the first. */
export function lastOf<Dataset extends { id: string }>(datasets: readonly Dataset[]): Dataset | undefined {
  const last = lastDataset();
  return datasets.find(({ id }) => id === last) ?? datasets[0];
}

export function rememberDataset(id: string): void {
  localStorage.setItem(key, id);
}
