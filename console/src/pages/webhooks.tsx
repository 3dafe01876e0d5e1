import { useState } from 'preact/hooks';
import { type Answers, call } from '../backend.ts';
import { Action } from '../parts/action.tsx';
import { useAnswer } from '../parts/load.ts';
import { Loading, Table } from '../parts/table.tsx';
import { base, Page, Status, When } from '../parts/show.tsx';

type Endpoint = Answers['webhook_endpoint'];

export default function Webhooks() {
  const loaded = useAnswer(
    () => call('list_webhook_endpoints'),
    [],
  );
  const [secret, setSecret] = useState<string>();
  const keep = async (asked: Promise<Endpoint>) => setSecret((await asked).secret ?? undefined);
  return (
    <Page
      title='Webhooks'
      note='Endpoints of other programs that receive events. An endpoint that fails fifty times in a row is disabled.'
      actions={
        <Action
          label='Add an endpoint'
          title='Add an endpoint'
          about='You then see the secret that events are signed with. It is shown only once.'
          fields={[
            { name: 'url', label: 'Address', kind: 'url' },
            {
              name: 'types',
              label: 'Event types, separated by spaces; empty for all',
              kind: 'text',
              isOptional: true,
            },
            {
              name: 'description',
              label: 'Description',
              kind: 'text',
              isOptional: true,
            },
          ]}
          act={({ url, types, description }, endpoint_id) => {
            const event_types = (types ?? '').split(/[\s,]+/).filter((type) => type !== '');
            return keep(call('add_webhook_endpoint', {
              endpoint_id,
              url: url ?? '',
              description: description ?? '',
              ...(event_types.length === 0 ? {} : { event_types }),
            }));
          }}
          done={loaded.reload}
        />
      }
    >
      {secret !== undefined && (
        <p class='notice'>
          The secret, shown once: <code class='secret'>{secret}</code>
        </p>
      )}
      <Loading {...loaded}>
        <Table
          caption='Endpoints'
          rows={loaded.answer ?? []}
          keyOf={({ endpoint_id }) => endpoint_id}
          empty='There are no endpoints yet.'
          columns={[
            {
              name: 'Address',
              show: ({ url, endpoint_id }) => (
                <a href={`${base}/webhooks/${endpoint_id}`} class='long'>
                  {url}
                </a>
              ),
            },
            {
              name: 'State',
              show: ({ disabled_at }) => (
                <Status code={disabled_at === null ? 'enabled' : 'disabled'} />
              ),
            },
            {
              name: 'Failures in a row',
              isNumber: true,
              show: ({ failures }) => failures,
            },
            {
              name: 'Events',
              show: ({ event_types }) => event_types?.join(', ') ?? 'all',
            },
            { name: 'Description', show: ({ description }) => description },
            {
              name: 'Since',
              show: ({ created_at }) => <When at={created_at} />,
            },
            {
              name: 'Actions',
              show: ({ endpoint_id, disabled_at }) => (
                <div class='row'>
                  <Action
                    label={disabled_at === null ? 'Disable' : 'Enable'}
                    title={disabled_at === null ? 'Disable this endpoint' : 'Enable this endpoint'}
                    isGrave={disabled_at === null}
                    act={() =>
                      call('enable_webhook_endpoint', {
                        endpoint_id,
                        enabled: disabled_at !== null,
                      })}
                    done={loaded.reload}
                  />
                  <Action
                    label='New secret'
                    title='Rotate the secret'
                    about='For 24 hours, events are also signed with the old secret.'
                    act={() => keep(call('rotate_webhook_secret', { endpoint_id }))}
                    done={loaded.reload}
                  />
                </div>
              ),
            },
          ]}
        />
      </Loading>
    </Page>
  );
}
