import { must, query } from '@staybase/client';
import { useEffect, useState } from 'preact/hooks';
import { staybase, useQuery } from '../../api.ts';
import { amenities as names } from '../../i18n/index.ts';
import { Check, ErrorBox, Skeleton } from '../../kit/index.ts';
import { homes } from '../words.ts';
import type { Part } from './data.ts';
import { Group, StepForm, useSave } from './editor.tsx';

const known = () =>
  query(
    'amenities',
    {},
    (signal) => must(staybase.from('amenities').select('*').order('bit').abortSignal(signal)),
  );

export function Amenities({ home, onSaved }: Part) {
  const words = homes().amenities;
  const before = home.listing_amenities.map(({ amenity }) => amenity);
  const [chosen, setChosen] = useState(new Set(before));
  const [isLoaded, setLoaded] = useState(false);
  const { answer, error } = useQuery(known());
  useEffect(() => {
    void names.load().then(() => setLoaded(true));
  }, []);
  const save = useSave({ onSaved }, async () => {
    const { listing_id } = home;
    const rows = () => staybase.from('listing_amenities');
    const added = [...chosen].filter((each) => !before.includes(each));
    const gone = before.filter((each) => !chosen.has(each));
    if (added.length > 0) {
      await must(rows().insert(added.map((amenity) => ({ listing_id, amenity }))));
    }
    if (gone.length > 0) {
      await must(rows().delete().eq('listing_id', listing_id).in('amenity', gone));
    }
  });
  if (error) return <ErrorBox error={error} />;
  if (!answer || !isLoaded) return <Skeleton height='640px' />;
  const categories = [...new Set(answer.map(({ category }) => category))];
  return (
    <StepForm
      title={words.title}
      text={words.text}
      save={save}
      isDraft={home.status === 'draft'}
    >
      {categories.map((category) => (
        <Group key={category} legend={words.categories[category] ?? category}>
          <div class='check-columns'>
            {answer.filter((each) =>
              each.category === category
            ).map(({ amenity, name }) => (
              <Check
                key={amenity}
                name={amenity}
                checked={chosen.has(amenity)}
                onChecked={(is) => {
                  const next = new Set(chosen);
                  if (is) next.add(amenity);
                  else next.delete(amenity);
                  setChosen(next);
                }}
              >
                {names()[amenity] ?? name}
              </Check>
            ))}
          </div>
        </Group>
      ))}
    </StepForm>
  );
}
