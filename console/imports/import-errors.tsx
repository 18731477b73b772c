import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import type { ImportDetails } from '../../src/imports/import-routes.ts';
import { inDataset } from '../api/request.ts';
import { texts } from '../texts/texts.ts';
import { DataTable } from '../ui/data-table.tsx';
import { count } from '../ui/numbers.ts';

import { columnsOf } from '../ui/table-features.ts';

type RowError = ImportDetails['errors'][number];

const errorsPerStep = 100;

/** Why rows were rejected, by line of the file. Nothing of the rows themselves is kept. */
export function ImportErrors({ dataset, item }: { dataset: string; item: ImportDetails }) {
  const { errors, rejected } = item;
  const { one } = texts.imports;
  const columns = useMemo(errorColumns, []);
  const [shown, setShown] = useState(errorsPerStep);
  return (
    <Stack component="section" gap="xs" aria-labelledby="rejected-rows">
      <Group justify="space-between" gap="sm">
        <Title order={2} id="rejected-rows">
          {one.errors}
        </Title>
        {errors.length > 0 && (
          <Button
            size="xs"
            variant="default"
            component="a"
            href={inDataset(dataset, 'imports', item.id, 'errors')}
            download
            leftSection={<IconDownload size={14} aria-hidden />}
          >
            {one.download}
          </Button>
        )}
      </Group>
      <Text size="sm" c="dimmed">
        {errors.length === 0 ? one.errorsGone : one.errorsHint}
        {errors.length > 0 && errors.length < rejected && ` ${one.errorsShown(errors.length, rejected)}`}
      </Text>
      {errors.length > 0 && (
        <DataTable
          label={one.errors}
          columns={columns}
          rows={errors.slice(0, shown)}
          idOf={({ line }) => String(line)}
        />
      )}
      {shown < errors.length && (
        <div>
          <Button variant="default" onClick={() => setShown(shown + errorsPerStep)}>
            {texts.actions.more}
          </Button>
        </div>
      )}
    </Stack>
  );
}

function errorColumns() {
  const column = columnsOf<RowError>();
  const { one } = texts.imports;
  return [
    column.accessor('line', {
      header: one.line,
      meta: { numeric: true, width: 70 },
      cell: ({ getValue }) => count(getValue()),
    }),
    column.accessor('code', { header: one.code, meta: { width: 200, wide: true } }),
    column.accessor('detail', { header: one.detail }),
  ];
}
