import type { Meaning } from './meaning.ts';

/** An import that was taken, with how many of its rows are good. */
export interface ExpectedImport {
  id: string;
  accepted: number;
  rejected: number;
}

/** What the answers promised: exactly this, and nothing else, has to be there in the end. */
export class Ledger {
  readonly taken: Meaning[] = [];
  readonly imports: ExpectedImport[] = [];
  /** How many of a kind were created. */
  readonly created = new Map<string, number>();

  take(...meanings: readonly Meaning[]): void {
    // One that nobody is named in is not kept, and says so.
    this.taken.push(...meanings.filter(({ names }) => names.length > 0));
  }

  create(kind: string): void {
    this.created.set(kind, (this.created.get(kind) ?? 0) + 1);
  }
}

/** Users by the names that messages put together: whoever is named together is one user, whatever the order. */
export class People {
  readonly #parents = new Map<string, string>();

  join([first, ...others]: readonly string[]): void {
    if (first === undefined) return;
    const root = this.#rootOf(first);
    for (const other of others) this.#parents.set(this.#rootOf(other), root);
  }

  /** The user that a name belongs to, as all of their names. */
  groups(): Map<string, string[]> {
    const groups = new Map<string, string[]>();
    for (const name of this.#parents.keys()) {
      const root = this.#rootOf(name);
      groups.set(root, [...(groups.get(root) ?? []), name]);
    }
    return new Map([...groups.values()].flatMap((names) => names.map((name) => [name, names.toSorted()] as const)));
  }

  #rootOf(name: string): string {
    const parent = this.#parents.get(name) ?? name;
    if (parent === name) {
      this.#parents.set(name, name);
      return name;
    }
    const root = this.#rootOf(parent);
    this.#parents.set(name, root);
    return root;
  }
}
