import type { OverviewAnswer } from '../../../api/operating/overview.ts';
import { ScrollTable } from '../../parts/scroll-table.tsx';
import { to, withQuery } from '../../state/router.ts';
import { count } from '../../state/time.ts';

/** How many messages were delivered and failed on each channel. */
export const Delivery = ({ rows }: { rows: OverviewAnswer['delivery'] }) => (
  <section class="stack tight">
    <h2>Delivery by channel, 24 hours</h2>
    <ScrollTable label="Delivery by channel">
      <thead>
        <tr>
          <th scope="col">Channel</th>
          <th scope="col" class="number">
            Delivered
          </th>
          <th scope="col" class="number">
            Failed
          </th>
          <th scope="col" class="number">
            Success
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ channel, delivered, failed }) => (
          <tr key={channel}>
            <th scope="row">
              <a
                href={withQuery(to('decisions'), {
                  since: '1d',
                  trigger: 'MESSAGE_DELIVERY',
                  channel,
                })}
              >
                {channel}
              </a>
            </th>
            <td class="number">{count(delivered)}</td>
            <td class="number">{count(failed)}</td>
            <td class="number">
              {delivered + failed === 0
                ? '–'
                : `${Math.round((delivered / (delivered + failed)) * 1000) / 10} %`}
            </td>
          </tr>
        ))}
      </tbody>
    </ScrollTable>
  </section>
);
