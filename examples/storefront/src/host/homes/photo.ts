import { query } from '@staybase/client';
import { staybase } from '../../api.ts';

/** Signed URLs of uploads, valid for an hour, by path: hosts also see unpublished photos. */
export const signedPhotos = (paths: string[]) =>
  query('signed_photos', { paths: [...paths].sort() }, async () => {
    const { data, error } = await staybase.storage.from('photo-uploads')
      .createSignedUrls(paths, 3600);
    if (error) throw error;
    return Object.fromEntries(
      data.flatMap(({ path, signedUrl }) => path && signedUrl ? [[path, signedUrl]] : []),
    );
  });
