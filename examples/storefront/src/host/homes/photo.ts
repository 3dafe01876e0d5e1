import { query } from '@staybase/client';
import { staybase } from '../../api.ts';

/** Addresses of uploads for an hour, by path: a host's own pages show photos whether published or not. */
export const signedPhotos = (paths: string[]) =>
  query('signed_photos', { paths: [...paths].sort() }, async () => {
    const { data, error } = await staybase.storage.from('photo-uploads')
      .createSignedUrls(paths, 3600);
    if (error) throw error;
    return Object.fromEntries(
      data.flatMap(({ path, signedUrl }) => path && signedUrl ? [[path, signedUrl]] : []),
    );
  });
