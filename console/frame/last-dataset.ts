const key = 'lethe.dataset';

/** The dataset that this browser showed last; nothing else about anybody's work is kept in it. */
export function lastDataset(): string | null {
  return localStorage.getItem(key);
}

export function rememberDataset(id: string): void {
  localStorage.setItem(key, id);
}
