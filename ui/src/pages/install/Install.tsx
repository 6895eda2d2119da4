/** Install an agent: commands with the person's key and this server's address filled in. */
import { useState } from 'react';

import { usePageInfo } from '../../api';
import { Tabs } from '../../components';
import { Page } from '../../shell';
import { useParams, useSetParams } from '../../util/url-state';
import { clientSteps, LANGUAGES, type Language } from './clients';
import { cleanUrl, PLATFORM_LABELS, procyonSteps, WAYS, type By, type Platform, type Step, type Target, type Way } from './commands';
import { datadogSteps } from './datadog-agent';
import styles from './install.module.css';
import { KeyAndAddress } from './KeyAndAddress';
import { LiveCheck } from './LiveCheck';
import { Notes } from './Notes';
import { Steps } from './Steps';

const PLACEHOLDER = '$DD_API_KEY';

export default function Install() {
  const { with: wayText, platform: platformText, by: byText, language: languageText, address, site: siteText } = useParams();
  const setParams = useSetParams();
  const { data: page } = usePageInfo();
  const [key, setKey] = useState<string | undefined>(undefined);

  const way = WAYS.find(({ id }) => id === wayText) ?? WAYS[0];
  if (!way) return null;
  const platform = way.platforms.find((one) => one === platformText) ?? way.platforms[0] ?? 'linux';
  const by: By = byText === 'site' ? 'site' : 'url';
  const language = LANGUAGES.find(({ id }) => id === languageText)?.id ?? 'python';
  const url = cleanUrl(address ?? '') ?? page?.url ?? window.location.origin;
  const site = siteText?.trim() || 'procyon.example.com';
  const target: Target = { key: key ?? PLACEHOLDER, url, site };
  const steps = stepsOf(way.id, platform, by, language, target);
  return (
    <Page title="Install an agent" crumbs={[{ label: 'Settings', to: '/organization-settings/api-keys' }]}>
      <div className={styles.page}>
        <KeyAndAddress
          address={address ?? page?.url ?? window.location.origin}
          site={by === 'site' && way.id === 'datadog' ? site : undefined}
          onAddress={(next) => setParams({ address: next }, { replace: true })}
          onSite={(next) => setParams({ site: next }, { replace: true })}
          onKey={setKey}
        />
        <div className={styles.choice}>
          <Tabs label="What sends" value={way.id} onChange={(id) => setParams({ with: id, platform: undefined, by: undefined })} tabs={WAYS.map(({ id, label }) => ({ id, label }))} />
          <div className={styles.second}>
            {way.id === 'dogstatsd' ? (
              <Tabs label="Language" kind="segment" value={language} onChange={(id) => setParams({ language: id })} tabs={LANGUAGES} />
            ) : (
              <Tabs label="Platform" kind="segment" value={platform} onChange={(id) => setParams({ platform: id })} tabs={way.platforms.map((id) => ({ id, label: PLATFORM_LABELS[id] }))} />
            )}
            {way.id === 'datadog' && (
              <Tabs
                label="How the Agent is told"
                kind="segment"
                value={by}
                onChange={(id) => setParams({ by: id === 'url' ? undefined : id })}
                tabs={[
                  { id: 'url', label: 'By address (dd_url)' },
                  { id: 'site', label: 'By site' },
                ]}
              />
            )}
          </div>
        </div>
        <Notes way={way.id} platform={platform} by={by} url={url} />
        <Steps steps={steps} secret={key} />
        <LiveCheck />
      </div>
    </Page>
  );
}

function stepsOf(way: Way, platform: Platform, by: By, language: Language, target: Target): Step[] {
  switch (way) {
    case 'procyon':
      return procyonSteps(platform, target);
    case 'datadog':
      return datadogSteps(platform, by, target);
    case 'dogstatsd':
      return clientSteps(language, target);
  }
}
