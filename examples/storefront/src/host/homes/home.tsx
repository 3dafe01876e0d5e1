import { useLocation } from 'preact-iso/router';
import { useQuery } from '../../api.ts';
import { Badge, ErrorBox, LinkButton, Loading, Skeleton } from '../../kit/index.ts';
import { usePage } from '../../page.ts';
import { Head, useCurrentInSight, useMe } from '../parts.tsx';
import { homes } from '../words.ts';
import { Access } from './access.tsx';
import { Amenities } from './amenities.tsx';
import { Basics } from './basics.tsx';
import { Cohosts } from './cohosts.tsx';
import { homeOf, type HomeToEdit, isStep, others, type Part, type Step, steps } from './data.ts';
import { Description } from './description.tsx';
import { Feeds } from './feeds.tsx';
import { Photos } from './photos.tsx';
import { Place } from './place.tsx';
import { Prices } from './prices.tsx';
import { Publish } from './publish.tsx';
import { Rules } from './rules.tsx';

const parts: Record<Step, (given: Part) => preact.JSX.Element | null> = {
  basics: Basics,
  place: Place,
  amenities: Amenities,
  photos: Photos,
  description: Description,
  prices: Prices,
  rules: Rules,
  access: Access,
  publish: Publish,
  calendars: Feeds,
  cohosts: Cohosts,
};

export default function Home({ id = '', step }: { id?: string; step?: string }) {
  const { answer, error, waits } = useQuery(homeOf(id));
  const at: Step = isStep(step) ? step : 'basics';
  usePage(answer ? `${homes().steps[at]} · ${answer.title}` : homes().list.title);
  return (
    <div class='page'>
      <Head
        title={answer?.title ?? homes().list.title}
        back={{ href: '/host/homes', text: homes().list.title }}
      >
        {answer && (
          <>
            <Badge kind={answer.status === 'published' ? 'good' : 'plain'}>
              {homes().list.statuses[answer.status]}
            </Badge>
            {answer.status === 'published' && (
              <LinkButton size='small' href={`/homes/${id}`}>{homes().list.see}</LinkButton>
            )}
          </>
        )}
      </Head>
      <ErrorBox error={error} />
      {waits && (
        <Loading>
          <Skeleton height='560px' />
        </Loading>
      )}
      {answer && <Editor home={answer} at={at} />}
    </div>
  );
}

function Editor({ home, at }: { home: HomeToEdit; at: Step }) {
  const { route } = useLocation();
  const me = useMe();
  const ref = useCurrentInSight(at);
  const words = homes().steps;
  const role = home.listing_hosts.find(({ profile_id }) => profile_id === me.id)?.role;
  const Shown = parts[at];
  const order: readonly Step[] = steps;
  const next = order[order.indexOf(at) + 1];
  const onSaved = () => {
    if (home.status === 'draft' && next) route(`/host/homes/${home.listing_id}/${next}`);
  };
  const way = (step: Step) => (
    <a
      key={step}
      href={`/host/homes/${home.listing_id}/${step}`}
      aria-current={step === at ? 'page' : undefined}
    >
      {words[step]}
    </a>
  );
  return (
    <div class='editor'>
      <nav ref={ref} aria-label={homes().parts} class='editor-nav'>
        {role === 'calendar' ? way('calendars') : steps.map(way)}
        {role !== 'calendar' && (
          <>
            <hr />
            {others.map(way)}
          </>
        )}
      </nav>
      <div class='editor-part'>
        <Shown key={at} home={home} onSaved={onSaved} />
      </div>
    </div>
  );
}
