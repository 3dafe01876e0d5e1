import { useState } from 'preact/hooks';
import { Photo } from '../../cards/home-card.tsx';
import { guest } from '../../i18n/index.ts';
import { Button } from '../../kit/button.tsx';
import { Dialog } from '../../kit/dialog.tsx';
import { Icon } from '../../kit/icons.tsx';

interface Picture {
  photo_id: string;
  storage_path: string;
  caption: string;
}

/** Up to five photos as a mosaic; all of them in a dialog. */
export function Gallery({ photos, title }: { photos: Picture[]; title: string }) {
  const words = guest().home;
  const [isOpen, setOpen] = useState(false);
  const shown = photos.slice(0, 5);
  const alt = ({ caption }: Picture, at: number) =>
    caption || words.photo(at + 1, photos.length, title);
  return (
    <div class='gallery' data-count={Math.max(1, shown.length)}>
      {shown.length === 0 && (
        <div>
          <Photo path={null} />
        </div>
      )}
      {shown.map((photo, at) => (
        <div key={photo.photo_id}>
          <Photo path={photo.storage_path} alt={alt(photo, at)} first={at === 0} />
        </div>
      ))}
      {photos.length > 1 && (
        <button
          class='button gallery-all'
          data-size='small'
          type='button'
          onClick={() => setOpen(true)}
        >
          <Icon name='list' />
          {words.allPhotos(photos.length)}
        </button>
      )}
      {isOpen && (
        <Dialog
          title={words.photos}
          wide
          onClose={() => setOpen(false)}
          footer={<Button onClick={() => setOpen(false)}>{words.closePhotos}</Button>}
        >
          <ul class='stack'>
            {photos.map((photo, at) => (
              <li key={photo.photo_id} class='stack-small gallery-one'>
                <Photo path={photo.storage_path} alt={alt(photo, at)} />
                {photo.caption && <p class='soft small'>{photo.caption}</p>}
              </li>
            ))}
          </ul>
        </Dialog>
      )}
    </div>
  );
}
