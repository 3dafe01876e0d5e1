import { call, type ListingPhoto, must, query, uploadPhoto } from '@staybase/client';
import { useRef, useState } from 'preact/hooks';
import { useAction } from '../../action.ts';
import { staybase, useQuery } from '../../api.ts';
import { Badge, Button, ErrorBox, Field, Icon, Notice, Skeleton, toast } from '../../kit/index.ts';
import { homes } from '../words.ts';
import { homeChanged, type Part } from './data.ts';
import { signedPhotos } from './photo.ts';

const refusedOf = (listing_id: string) =>
  query('host_home', { listing_id, which: 'refused' }, (signal) =>
    must(
      staybase.from('refused_files').select('name, problem').eq('listing_id', listing_id)
        .order('refused_at', { ascending: false }).limit(5).abortSignal(signal),
    ));

const moved = <Each,>(list: Each[], from: number, to: number): Each[] => {
  const next = [...list];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
};

export function Photos({ home, onSaved }: Part) {
  const words = homes().photos;
  const photos = home.listing_photos;
  const input = useRef<HTMLInputElement>(null);
  const [progress, setProgress] = useState<{ done: number; all: number } | null>(null);
  const [isOver, setOver] = useState(false);
  const [dragged, setDragged] = useState<number | null>(null);
  const urls = useQuery(
    photos.length > 0 && signedPhotos(photos.map(({ storage_path }) => storage_path)),
  );
  const refused = useQuery(refusedOf(home.listing_id));
  const upload = useAction(async (files: File[]) => {
    try {
      for (const [done, file] of files.entries()) {
        setProgress({ done, all: files.length });
        await uploadPhoto(staybase, home.listing_id, file);
      }
      toast(words.uploaded(files.length));
    } finally {
      setProgress(null);
      homeChanged();
    }
  });
  const order = useAction(async (from: number, to: number) => {
    const photo_ids = moved(photos, from, to).map(({ photo_id }) => photo_id);
    await call(staybase, 'order_photos', { listing_id: home.listing_id, photo_ids });
    toast(words.movedTo(to + 1));
    homeChanged();
  });
  const remove = useAction(async (photo: ListingPhoto) => {
    await must(staybase.from('listing_photos').delete().eq('photo_id', photo.photo_id));
    toast(words.removed);
    homeChanged();
  });
  const pictures = (list: FileList | null | undefined) => {
    const files = [...list ?? []].filter(({ type }) => type.startsWith('image/'));
    if (files.length > 0) void upload(files);
  };
  return (
    <section class='stack-large host-form'>
      <div class='stack-small'>
        <h2>{words.title}</h2>
        <p class='soft'>{words.text}</p>
      </div>
      <div
        class='drop'
        data-over={isOver || undefined}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(dragged === null);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          pictures(event.dataTransfer?.files);
        }}
      >
        <p>{words.drop}</p>
        <input
          ref={input}
          class='visually-hidden'
          type='file'
          accept='image/*'
          multiple
          tabIndex={-1}
          aria-label={words.choose}
          onChange={(event) => {
            pictures(event.currentTarget.files);
            event.currentTarget.value = '';
          }}
        />
        <Button busy={upload.busy} onClick={() => input.current?.click()}>{words.choose}</Button>
        <p role='status' class='soft small'>
          {progress && words.progress(progress.done + 1, progress.all)}
        </p>
      </div>
      <ErrorBox error={upload.error ?? order.error ?? remove.error} />
      {!!refused.answer?.length && (
        <Notice kind='warn'>
          <p>{words.refused}</p>
        </Notice>
      )}
      <ol class='photo-list'>
        {photos.map((photo, at) => (
          <li
            key={photo.photo_id}
            draggable
            data-dragged={dragged === at || undefined}
            onDragStart={() => setDragged(at)}
            onDragEnd={() => setDragged(null)}
            onDragOver={(event) => event.preventDefault()}
            onDrop={(event) => {
              event.preventDefault();
              if (dragged !== null && dragged !== at) void order(dragged, at);
              setDragged(null);
            }}
          >
            <div class='home-photo'>
              {urls.answer?.[photo.storage_path]
                ? (
                  <img
                    src={urls.answer[photo.storage_path]}
                    alt={photo.caption}
                    width='400'
                    height='300'
                    loading='lazy'
                    draggable={false}
                  />
                )
                : <Skeleton height='100%' />}
              {at === 0 && <Badge kind='good'>{words.cover}</Badge>}
            </div>
            <Caption photo={photo} number={at + 1} />
            <div class='row'>
              <button
                class='icon-button'
                type='button'
                aria-label={words.earlier(at + 1)}
                aria-disabled={at === 0}
                onClick={() => at > 0 && void order(at, at - 1)}
              >
                <Icon name='back' />
              </button>
              <button
                class='icon-button'
                type='button'
                aria-label={words.later(at + 1)}
                aria-disabled={at === photos.length - 1}
                onClick={() => at < photos.length - 1 && void order(at, at + 1)}
              >
                <Icon name='forward' />
              </button>
              <button
                class='icon-button'
                type='button'
                aria-label={words.remove(at + 1)}
                onClick={() => void remove(photo)}
              >
                <Icon name='trash' />
              </button>
              {home.status === 'published' && !photo.published && <Badge>{words.checked}</Badge>}
            </div>
          </li>
        ))}
      </ol>
      {home.status === 'draft' && (
        <div>
          <Button kind='primary' onClick={onSaved}>{homes().goOn}</Button>
        </div>
      )}
    </section>
  );
}

/** Saved when the reader leaves the field. */
function Caption({ photo, number }: { photo: ListingPhoto; number: number }) {
  const words = homes().photos;
  const [caption, setCaption] = useState(photo.caption);
  const save = useAction(async () => {
    await must(
      staybase.from('listing_photos').update({ caption }).eq('photo_id', photo.photo_id),
    );
    homeChanged();
  });
  return (
    <div onFocusOut={() => caption !== photo.caption && void save()}>
      <Field
        label={words.caption(number)}
        value={caption}
        onValue={setCaption}
        maxlength={500}
      />
      <ErrorBox error={save.error} />
    </div>
  );
}
