import { ask, call, codeOf } from '@staybase/client';
import { useState } from 'preact/hooks';
import { useAction } from '../../action.ts';
import { staybase, useQuery } from '../../api.ts';
import { useCustomFields } from '../../custom-fields/schema.ts';
import { Button, ErrorBox, Icon, LinkButton, Notice, toast } from '../../kit/index.ts';
import { homes } from '../words.ts';
import { homeChanged, type Part, type Step } from './data.ts';

const stepOf: Record<string, Step> = {
  address: 'place',
  country_code: 'place',
  city: 'place',
  description: 'description',
  prices: 'prices',
};

const isCustom = (missing: string) => missing.startsWith('custom_fields.');

export function Publish({ home }: Part) {
  const words = homes().publish;
  const { listing_id, status } = home;
  const [isNew, setNew] = useState(false);
  const publish = useAction(async () => {
    await call(staybase, 'publish_listing', { listing_id });
    setNew(true);
    homeChanged();
  });
  const hide = useAction(async () => {
    await call(staybase, 'hide_listing', { listing_id });
    toast(words.isHidden);
    homeChanged();
  });
  const { answer } = useQuery(
    status !== 'published' && ask(staybase, 'missing_for_publishing', { listing_id }),
  );
  const missing = answer ?? [];
  const fields = useCustomFields(missing.some(isCustom));
  const isRefused = publish.error && codeOf(publish.error) === 'listing_incomplete';
  return (
    <section class='stack-large host-form'>
      <div class='stack-small'>
        <h2>{words.titles[status]}</h2>
        <p class='soft'>{words.texts[status]}</p>
      </div>
      {isNew && status === 'published' && (
        <Notice>
          <p class='strong' role='status'>{words.done}</p>
        </Notice>
      )}
      {missing.length > 0
        ? (
          <div class='notice' data-kind='warn' role='status' data-code='listing_incomplete'>
            <p class='strong'>{words.missing}</p>
            <ul>
              {missing.map((each) => {
                const step = isCustom(each) ? 'description' : stepOf[each];
                const text = words.names[each] ??
                  fields.find(({ name }) => each === `custom_fields.${name}`)?.label ??
                  each.replace('custom_fields.', '');
                return (
                  <li key={each}>
                    {step
                      ? <a class='link' href={`/host/homes/${listing_id}/${step}`}>{text}</a>
                      : text}
                  </li>
                );
              })}
            </ul>
          </div>
        )
        : <ErrorBox error={(isRefused ? null : publish.error) ?? hide.error} />}
      {status !== 'published' && home.listing_photos.length === 0 && (
        <Notice>
          <p>
            {words.noPhotos}{' '}
            <a class='link' href={`/host/homes/${listing_id}/photos`}>{homes().steps.photos}</a>
          </p>
        </Notice>
      )}
      <div class='row'>
        {status !== 'published' && (
          <Button
            kind='primary'
            busy={publish.busy}
            onClick={() => void publish()}
          >
            <Icon name='check' />
            {words.publish}
          </Button>
        )}
        {status === 'published' && (
          <>
            <LinkButton kind='primary' href={`/homes/${listing_id}`}>{words.see}</LinkButton>
            <Button busy={hide.busy} onClick={() => void hide()}>{words.hide}</Button>
          </>
        )}
      </div>
    </section>
  );
}
