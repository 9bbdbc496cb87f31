import * as v from 'valibot';

/** The response of `GET /apps/{id}`: the order of the credentials is the app's channel priority. Source: Sinch specification, App. */
const App = v.looseObject({
  channel_credentials: v.optional(v.array(v.looseObject({ channel: v.optional(v.string()) })), []),
});

/** Returns the channels of an app, in the order of its channel priority. */
export const readAppChannels = (answer: unknown): readonly string[] => [
  ...new Set(
    v.parse(App, answer).channel_credentials.flatMap(({ channel }) => (channel ? [channel] : [])),
  ),
];
