import type { AnswerOf } from '@staybase/client';
import { dayOfYear, money, timeText } from '../format.ts';
import { guest } from '../i18n/index.ts';
import './refunds.css';

/** Until when how much would come back: a time line to check-in. */
export function Refunds({ refunds }: { refunds: AnswerOf<'quote_refunds'> }) {
  const words = guest().refunds;
  const steps = refunds.steps.filter(({ ends_at }) => ends_at <= refunds.check_in_at);
  return (
    <ol class='refunds'>
      {steps.map((step) => {
        const isAll = step.refund_minor === refunds.total_minor;
        const until = words.until(dayOfYear(step.ends_on), timeText(step.ends_time));
        return (
          <li
            key={step.ends_at}
            data-all={isAll || undefined}
            data-none={step.refund_minor === 0 || undefined}
          >
            <span class='strong'>
              {isAll ? words.all : step.refund_minor === 0 ? words.nothing : words.part(
                money(step.refund_minor, refunds.currency),
              )}
            </span>
            <span class='soft small'>{until}</span>
          </li>
        );
      })}
    </ol>
  );
}
