import { texts } from '../texts/texts.ts';
import { needsName, nothing } from './filling.ts';
import type { Fault, Mapping } from './mapping.ts';

/** What is wrong, and what would be right. */
export function faultText({ code, at, name }: Fault, mapping: Mapping): string {
  const { faults } = texts.imports;
  switch (code) {
    case 'columnTwice':
    case 'filledTwice':
    case 'within':
      return faults[code](name);
    case 'noText':
      return faults.noText(nameAt(at, mapping));
    case 'misnamed':
      return faults.misnamed[choiceAt(at, mapping)];
    default:
      return faults[code];
  }
}

/** "Action", or the name of a property. */
function nameAt(at: Fault['at'], mapping: Mapping): string {
  const filling = placeAt(at, mapping)?.filling ?? nothing;
  return needsName(filling.choice) && filling.name ? filling.name : texts.imports.mapping.choices[filling.choice];
}

function choiceAt(at: Fault['at'], mapping: Mapping) {
  const choice = placeAt(at, mapping)?.filling.choice ?? 'nothing';
  return needsName(choice) ? choice : 'attribute';
}

function placeAt(at: Fault['at'], { columns, fixed }: Mapping) {
  return at === 'mapping' ? undefined : 'column' in at ? columns[at.column] : fixed[at.fixed];
}

/** The fault of one column or one fixed value. */
export function faultAt(faults: readonly Fault[], place: 'column' | 'fixed', index: number): Fault | undefined {
  return faults.find(({ at }) => at !== 'mapping' && place in at && Object.values(at)[0] === index);
}
