import { monthText } from '../../format.ts';
import { core, guest } from '../../i18n/index.ts';
import { Avatar } from '../../kit/index.ts';
import '../listing/listing.css';

export interface Said {
  review_id: string;
  author_name: string;
  stars: number | null;
  body: string;
  reply: string | null;
  written_on: string;
  home: { listing_id: string; title: string } | null;
}

/** Reviews about a person, newest first; nothing if there are none. */
export function Saying({ title, said }: { title: string; said: Said[] | undefined }) {
  if (!said?.length) return null;
  return (
    <section class='stack'>
      <h2>{title}</h2>
      <ul class='reviews'>
        {said.map((review) => (
          <li key={review.review_id} class='stack-small'>
            <div class='row'>
              <Avatar name={review.author_name} />
              <span>
                <span class='strong'>{review.author_name}</span>
                <br />
                <span class='soft small'>
                  {monthText(review.written_on.slice(0, 7))}
                  {review.stars !== null && ` · ${core().kit.stars(String(review.stars))}`}
                </span>
              </span>
            </div>
            {review.home && (
              <a class='link small' href={`/homes/${review.home.listing_id}`}>
                {review.home.title}
              </a>
            )}
            <p class='prose'>{review.body}</p>
            {review.reply && (
              <p class='reply prose'>
                <span class='strong'>{guest().person.reply}</span> {review.reply}
              </p>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
