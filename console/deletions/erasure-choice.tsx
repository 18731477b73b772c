import { Radio, Stack } from '@mantine/core';
import type { Erasure } from '../../src/deletions/deletion.ts';
import { texts } from '../texts/texts.ts';
import classes from './deletion.module.css';
import { HelpLink } from './help-link.tsx';

const { title, choices, more } = texts.deletions.dialog.erasure;

export interface ErasureChoiceProps {
  erasure: Erasure;
  onChange(erasure: Erasure): void;
}

/** How thoroughly it erases; begins with what this server does when nothing is said. */
export function ErasureChoice({ erasure, onChange }: ErasureChoiceProps) {
  const each = Object.entries(choices) as [Erasure, (typeof choices)[Erasure]][];
  return (
    <div className={classes.part}>
      <Radio.Group label={title} value={erasure} onChange={(chosen) => onChange(chosen as Erasure)}>
        <Stack gap="xs" mt={6} mb={6}>
          {each.map(([value, { name, text }]) => (
            <Radio
              key={value}
              value={value}
              label={name}
              description={text}
              classNames={{ description: classes.explained }}
            />
          ))}
        </Stack>
      </Radio.Group>
      <HelpLink page="permanence" label={more} />
    </div>
  );
}
