import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMayInAccount } from '../access/me.ts';
import { texts } from '../texts/texts.ts';
import { Empty } from '../ui/empty.tsx';
import { Screen } from '../ui/screen.tsx';

/** The start page of an installation, or a member, without a dataset. */
export function NoDatasetScreen() {
  const mayCreate = useMayInAccount('createDatasets');
  return (
    <Screen title={texts.frame.noDataset}>
      <Empty
        title={texts.frame.noDataset}
        actions={
          mayCreate && (
            <Button renderRoot={(props) => <Link {...props} to="/new-dataset" />}>{texts.frame.newDataset}</Button>
          )
        }
      >
        {mayCreate ? texts.frame.noDatasetText : texts.frame.noDatasetForMember}
      </Empty>
    </Screen>
  );
}
