import { monthText } from '../format.ts';
import { core, guest } from '../i18n/index.ts';
import { Avatar } from '../kit/index.ts';
import { Report } from '../safety/report.tsx';
import './review-list.css';

export interface Review {
  review_id: string;
  author_name: string;
  /** Their page, for those who may see it. */
  author_id?: string | null | undefined;
  stars: number | null;
  body: string;
  reply: string | null;
  written_on: string;
  /** The home it is about, where that is not the page. */
  home?: { listing_id: string; title: string };
}

/** A review with the page of its author, where the reader sees the booking. */
export const signed = <Row extends { bookings?: { guest_id: string } | null }>(
  { bookings, ...review }: Row,
) => ({ ...review, author_id: bookings?.guest_id });

export const ReviewList = ({ reviews, replyTitle }: { reviews: Review[]; replyTitle: string }) => (
  <ul class='reviews'>
    {reviews.map((review) => (
      <li key={review.review_id} class='stack-small'>
        <div class='row'>
          <Avatar name={review.author_name} />
          <span>
            {review.author_id
              ? (
                <a class='link strong' href={`/people/${review.author_id}`}>
                  {review.author_name}
                </a>
              )
              : <span class='strong'>{review.author_name}</span>}
            <br />
            <span class='soft small'>
              {monthText(review.written_on.slice(0, 7))}
              {review.stars !== null && ` · ${core().kit.stars(String(review.stars))}`}
            </span>
          </span>
        </div>
        {review.home && (
          <a class='link small' href={`/homes/${review.home.listing_id}`}>{review.home.title}</a>
        )}
        <p class='prose'>{review.body}</p>
        {review.reply && (
          <p class='reply prose'>
            <span class='strong'>{replyTitle}</span> {review.reply}
          </p>
        )}
        <Report
          subject='review'
          subject_id={review.review_id}
          label={guest().safety.reportReview(review.author_name)}
        />
      </li>
    ))}
  </ul>
);
