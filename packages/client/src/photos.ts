import type { ListingPhoto } from '../../../types/index.ts';
import { codeOf } from '../../../types/errors.ts';
import { must, type Staybase } from './client.ts';

export interface PhotoOptions {
  /** The longer side, in pixels; smaller pictures are not enlarged. Default 2048. */
  longest?: number;
  /** JPEG quality, 0 to 1. Default 0.85. */
  quality?: number;
}

/**
 * A picture as a JPEG of at most that size, rotated as its metadata says. It is re-encoded, so no metadata
 * remains: no location, no time, no camera. Only in browsers.
 */
export async function shrinkPhoto(
  file: Blob,
  { longest = 2048, quality = 0.85 }: PhotoOptions = {},
): Promise<Blob> {
  const picture = await createImageBitmap(file, { imageOrientation: 'from-image' });
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const context = canvas.getContext('2d')!;
  // JPEG has no transparency: transparent areas become white, not black.
  context.fillStyle = '#fff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return await new Promise((resolve, reject) =>
    canvas.toBlob(
      (blob) => blob === null ? reject(new Error('The picture is too large.')) : resolve(blob),
      'image/jpeg',
      quality,
    )
  );
}

/** Uploads a picture unchanged, and adds it after the other photos of the home. */
export async function addPhoto(
  staybase: Staybase,
  listing_id: string,
  picture: Blob,
  caption = '',
): Promise<ListingPhoto> {
  const storage_path = await upload(staybase, 'photo-uploads', listing_id, picture);
  const photos = () => staybase.from('listing_photos');
  try {
    for (let attempt = 1;; attempt += 1) {
      const [last] = await must(
        photos().select('position').eq('listing_id', listing_id)
          .order('position', { ascending: false }).limit(1),
      );
      const { data, error } = await photos()
        .insert({ listing_id, storage_path, caption, position: (last?.position ?? 0) + 1 })
        .select().single();
      if (error === null) return data;
      // Several photos at once may want the same position.
      if (codeOf(error) !== 'already_exists' || attempt === 20) throw error;
    }
  } catch (error) {
    await staybase.storage.from('photo-uploads').remove([storage_path]);
    throw error;
  }
}

/** Shrinks a photo in the browser and adds it to the photos of a home. Others see it once it is checked. */
export async function uploadPhoto(
  staybase: Staybase,
  listing_id: string,
  file: Blob,
  { caption = '', ...options }: PhotoOptions & { caption?: string } = {},
): Promise<ListingPhoto> {
  return await addPhoto(staybase, listing_id, await shrinkPhoto(file, options), caption);
}

/** Shrinks a picture in the browser and makes it the profile picture. Others see it once it is checked. */
export async function uploadAvatar(
  staybase: Staybase,
  profile_id: string,
  file: Blob,
): Promise<string> {
  const picture = await shrinkPhoto(file, { longest: 512 });
  const avatar_path = await upload(staybase, 'avatar-uploads', profile_id, picture);
  await must(staybase.from('profiles').update({ avatar_path }).eq('profile_id', profile_id));
  return avatar_path;
}

async function upload(
  staybase: Staybase,
  bucket: string,
  folder: string,
  picture: Blob,
): Promise<string> {
  const path = `${folder}/${crypto.randomUUID()}.${picture.type.slice('image/'.length)}`;
  await must(
    staybase.storage.from(bucket).upload(path, picture, {
      contentType: picture.type,
      // The name is never reused.
      cacheControl: '31536000',
    }),
  );
  return path;
}

/** The address of a public photo or profile picture. */
export function photoUrl(
  staybase: Staybase,
  path: string,
  bucket: 'listing-photos' | 'avatars' = 'listing-photos',
): string {
  return staybase.storage.from(bucket).getPublicUrl(path).data.publicUrl;
}
