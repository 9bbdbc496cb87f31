import { useState } from 'preact/hooks';
import type { ScreenProps } from '../app.tsx';
import { TextField } from '../parts/field.tsx';
import { GoButton } from '../parts/go-button.tsx';
import { Page } from '../parts/page.tsx';
import { RuleBadges } from '../parts/rule-badges.tsx';
import { Empty, Failure, Shown } from '../parts/states.tsx';
import { Time } from '../parts/time.tsx';
import { type Activity, loadActivity } from '../state/activity.ts';
import { useLoad } from '../state/load.ts';
import { place, setQuery, to } from '../state/router.ts';
import { useStore } from '../state/store.ts';
import { counted } from '../state/time.ts';
import { useRules } from '../state/use-rules.ts';
import type { RuleSummary } from '../worker/protocol.ts';
import { Edit } from './edit.tsx';
import { NewRule } from './new-rule.tsx';
import { RulePage } from './rule.tsx';
import './rules.css';

/** `/console/rules`: all rules; `/console/rules/<name>`: one; `…/edit`: its editor. */
export function Rules({ path }: ScreenProps) {
  const [name, verb] = path;
  if (name === undefined) return <AllRules />;
  if (name === 'new' && verb === undefined) return <NewRule />;
  return verb === 'edit' ? <Edit key={name} name={name} /> : <RulePage key={name} name={name} />;
}

/** Text as a search compares it: without case and accents. */
const plain = (text: string): string =>
  text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase().trim();

/** How many rules are drawn at once: there may be thousands. */
const PAGE = 200;

function AllRules() {
  const [most, setMost] = useState(PAGE);
  const search = useStore(place).query.get('search') ?? '';
  const rules = useRules('rules', 'draft', 'draft');
  const activity = useLoad('activity', loadActivity);
  const words = plain(search).split(/\s+/).filter(Boolean);
  const fits = (rule: RuleSummary) => {
    const sought = plain(rule.search);
    return words.every((word) => sought.includes(word));
  };
  return (
    <Page title="Rules" actions={<GoButton to={to('rules', 'new')}>New rule</GoButton>}>
      <TextField
        label="Search rules"
        type="search"
        value={search}
        onInput={(text) => setQuery({ search: text })}
        placeholder="A name, a word, a fact, a list, an owner"
      />
      {activity.error && <Failure error={activity.error} again={activity.again} />}
      <Shown loaded={rules} what="the rules">
        {(all) => {
          const found = all.filter(fits);
          const shown = found
            .toSorted((a, b) => (a.owner < b.owner ? -1 : Number(a.owner > b.owner)))
            .slice(0, most);
          if (all.length === 0) return <Empty>There are no rules yet.</Empty>;
          if (found.length === 0) return <Empty>No rule has all of these words.</Empty>;
          return (
            <>
              <p class="soft small" role="status">
                {found.length === all.length
                  ? counted(all.length, 'rule')
                  : `${found.length} of ${counted(all.length, 'rule')}`}
              </p>
              {ownersOf(shown).map((owner) => (
                <section key={owner} class="stack tight">
                  <h2>{owner || 'No owner'}</h2>
                  <ul class="rows">
                    {shown
                      .filter((rule) => rule.owner === owner)
                      .map((rule) => (
                        <RuleRow
                          key={rule.name}
                          rule={rule}
                          activity={activity.value?.rules.get(rule.name)}
                          paused={activity.value?.paused.has(rule.name) ?? false}
                          failed={activity.error !== undefined}
                          known={activity.value !== undefined}
                        />
                      ))}
                  </ul>
                </section>
              ))}
              {shown.length < found.length && (
                <div>
                  <button type="button" onClick={() => setMost(most + PAGE)}>
                    Show more
                  </button>
                </div>
              )}
            </>
          );
        }}
      </Shown>
    </Page>
  );
}

const ownersOf = (rules: readonly RuleSummary[]): readonly string[] =>
  [...new Set(rules.map(({ owner }) => owner))].sort();

function RuleRow(props: {
  rule: RuleSummary;
  activity: Activity | undefined;
  paused: boolean;
  known: boolean;
  failed: boolean;
}) {
  const { rule, activity, paused, known, failed } = props;
  return (
    <li class="rule-row">
      <div class="row">
        <a href={to('rules', rule.name)}>{rule.name}</a>
        <RuleBadges rule={rule} paused={paused} />
      </div>
      <p class="verbatim">{rule.sentence || 'This rule has errors: its page names them.'}</p>
      <p class="soft small">
        {!known ? (
          failed ? (
            'How often it fired is not known.'
          ) : (
            '…'
          )
        ) : (
          <>
            Fired {counted(activity?.fired ?? 0, 'time')} in 7 days
            {activity?.lastFired && (
              <>
                , last <Time at={activity.lastFired} relative />
              </>
            )}
          </>
        )}
      </p>
    </li>
  );
}
