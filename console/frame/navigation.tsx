import { Link, type LinkProps } from '@tanstack/react-router';
import { useMay, useMayInAccount } from '../access/me.ts';
import { texts } from '../texts/texts.ts';
import classes from './frame.module.css';

/** The places of the console. What the member may not do is not shown. */
export function Navigation({ dataset }: { dataset: string | undefined }) {
  return (
    <>
      {dataset !== undefined && <PlacesOfDataset dataset={dataset} />}
      <PlacesOfAccount />
      {dataset !== undefined && (
        <div className={classes.last}>
          <Place label={texts.frame.settings} link={{ to: '/datasets/$ds/settings', params: { ds: dataset } }} />
        </div>
      )}
    </>
  );
}

function PlacesOfDataset({ dataset }: { dataset: string }) {
  const params = { ds: dataset };
  const answersPrivacyRequests = useMay('answerPrivacyRequests', dataset);
  const managesWriteKeys = useMay('manageWriteKeys', dataset);
  const { frame } = texts;
  return (
    <>
      <Places name={frame.audiences}>
        <Place label={frame.segments} link={{ to: '/datasets/$ds/segments', params }} />
        <Place label={frame.users} link={{ to: '/datasets/$ds/users', params }} />
      </Places>
      <Places name={frame.data}>
        {managesWriteKeys && <Place label={frame.sources} link={{ to: '/datasets/$ds/sources', params }} />}
        <Place label={frame.imports} link={{ to: '/datasets/$ds/imports', params }} />
      </Places>
      <Places name={frame.privacy}>
        {answersPrivacyRequests && (
          <Place label={frame.requests} link={{ to: '/datasets/$ds/privacy', params }} exact />
        )}
        <Place label={frame.whichDeletion} link={{ to: '/datasets/$ds/privacy/which-deletion', params }} />
      </Places>
    </>
  );
}

function PlacesOfAccount() {
  const managesMembers = useMayInAccount('manageMembers');
  const managesTokens = useMayInAccount('manageTokens');
  const readsAudits = useMayInAccount('readAudits');
  const { frame } = texts;
  return (
    <Places name={frame.security}>
      {managesMembers && <Place label={frame.members} link={{ to: '/members' }} />}
      <Place label={frame.roles} link={{ to: '/roles' }} />
      {managesTokens && <Place label={frame.tokens} link={{ to: '/tokens' }} />}
      {readsAudits && <Place label={frame.audits} link={{ to: '/audits' }} />}
    </Places>
  );
}

function Places({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <section aria-label={name}>
      <div className={classes.groupName} aria-hidden>
        {name}
      </div>
      {children}
    </section>
  );
}

function Place({ label, link, exact = false }: { label: string; link: LinkProps; exact?: boolean }) {
  return (
    <Link {...link} className={classes.link} activeOptions={{ exact, includeSearch: false }}>
      {label}
    </Link>
  );
}
