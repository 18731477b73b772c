import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import type { ImportDetails } from '../../src/imports/import-routes.ts';
import { useMay } from '../access/me.ts';
import { texts } from '../texts/texts.ts';
import { Empty } from '../ui/empty.tsx';
import { Loading } from '../ui/loading.tsx';
import { Screen } from '../ui/screen.tsx';
import { FileChoice } from './file-choice.tsx';
import { FileFaultNotice } from './file-fault-notice.tsx';
import { FileProblem, readStart } from './file-start.ts';
import { type ChosenFile, readFirstRows } from './first-rows.ts';
import { ImportSetup } from './import-setup.tsx';

type Choice =
  | { state: 'none' | 'reading' }
  | { state: 'wrong'; error: FileProblem }
  | ({ state: 'chosen' } & ChosenFile);

export function NewImportScreen() {
  const { ds } = useParams({ from: '/signed-in/datasets/$ds/imports/new' });
  const mayImport = useMay('importData', ds);
  const { list, new: texted } = texts.imports;
  return (
    <Screen
      title={texted.title}
      crumbs={[{ label: list.title, link: { to: '/datasets/$ds/imports', params: { ds } } }]}
    >
      {mayImport ? <NewImport dataset={ds} /> : <Empty title={texted.notAllowed} />}
    </Screen>
  );
}

function NewImport({ dataset }: { dataset: string }) {
  const [choice, setChoice] = useState<Choice>({ state: 'none' });
  const navigate = useNavigate();
  const choose = async (file: File) => {
    setChoice({ state: 'reading' });
    try {
      const start = await readStart(file);
      setChoice({ state: 'chosen', file, start, first: readFirstRows(start) });
    } catch (error) {
      if (!(error instanceof FileProblem)) throw error;
      setChoice({ state: 'wrong', error });
    }
  };
  const showImport = ({ id }: ImportDetails) =>
    navigate({ to: '/datasets/$ds/imports/$id', params: { ds: dataset, id } });
  if (choice.state === 'chosen') {
    return (
      <ImportSetup
        key={`${choice.file.name} ${choice.file.lastModified}`}
        dataset={dataset}
        chosen={choice}
        chooseOther={choose}
        onReceived={showImport}
      />
    );
  }
  return (
    <>
      <FileChoice onChoose={choose} />
      {choice.state === 'reading' && <Loading what={texts.imports.new.reading} />}
      {choice.state === 'wrong' && <FileFaultNotice error={choice.error} />}
    </>
  );
}
