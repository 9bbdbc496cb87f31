import { fact, SHARE } from '../facts/fact.ts';
import { contactRecord, PERSON_FACTS } from '../shapes/parts.ts';
import {
  analysisSubject,
  document,
  holdsPii,
  intents,
  isOffensive,
  nlu,
  SmartConversations,
  sentiment,
  textsInPictures,
} from '../shapes/smart-analysis.ts';
import { defineTrigger } from './trigger.ts';

export const smartConversations = defineTrigger<SmartConversations>({
  name: 'SMART_CONVERSATIONS',
  noun: 'message analysis',
  description: 'Sinch’s analysis of a message: sentiment, intent, personal or offensive content.',
  keys: ['smart_conversation_notification'],
  aliases: ['SMART_CONVERSATION'],
  subjectFacts: [...PERSON_FACTS, 'message_id'],
  always: ['app_id', 'message_id'],
  schema: SmartConversations,
  // One message may be read several times, for different things; an empty list stands for none.
  identity: (smart) => [
    smart.message_id,
    ...Object.entries(smart.analysis_results)
      .filter(([, found]) => (Array.isArray(found) ? found.length > 0 : found !== undefined))
      .map(([name]) => name)
      .sort(),
  ],
  subject: analysisSubject,
  recordState: (smart, { appId }) => contactRecord(analysisSubject(smart), appId),
  facts: {
    sentiment: fact.text(
      'mood',
      'How the person feels, upper-cased.',
      { personal: false, known: ['POSITIVE', 'NEUTRAL', 'NEGATIVE'] },
      (smart) => sentiment(smart)?.sentiment?.toUpperCase(),
    ),
    sentiment_score: fact.number(
      'score of the mood',
      'Sinch’s score: how sure it is, from 0 to 1; some apps get −1 (bad) to 1 (good).',
      { personal: false, range: { least: -1, most: 1 } },
      (smart) => sentiment(smart)?.score,
    ),
    sentiment_confidence: fact.number(
      'certainty of the mood',
      'How sure Sinch is of the mood, from 0 to 1.',
      { personal: false, range: SHARE },
      (smart) => sentiment(smart)?.confidence ?? sentiment(smart)?.score,
    ),
    intent: fact.text(
      'intent',
      'What the person wants.',
      { personal: false },
      (smart) => nlu(smart)?.intent,
    ),
    intent_score: fact.number(
      'certainty of the intent',
      'How sure Sinch is of the intent, from 0 to 1.',
      { personal: false, range: SHARE },
      (smart) => nlu(smart)?.score,
    ),
    intents: fact.list(
      'intents',
      'Everything the person may want, the main thing first.',
      { personal: false },
      (smart) => intents(smart.analysis_results),
    ),
    offensive: fact.boolean(
      'offensive',
      'Whether the message is offensive.',
      { personal: false },
      (smart) => isOffensive(smart.analysis_results),
    ),
    offensive_score: fact.number(
      'score of offence',
      'How sure Sinch is of that yes or no, from 0 to 1.',
      { personal: false, range: SHARE },
      (smart) => smart.analysis_results.ml_offensive_analysis_result?.[0]?.score,
    ),
    pii_detected: fact.boolean(
      'private details',
      'Whether the message holds private details.',
      { personal: false },
      (smart) => holdsPii(smart.analysis_results),
    ),
    pii_types: fact.list(
      'kinds of private details',
      'Which kinds, if Sinch sends them.',
      { personal: false },
      (smart) => smart.analysis_results.pii_entities?.flatMap(({ type }) => type ?? []),
    ),
    message_language: fact.text(
      'language of the message',
      'The language that the person wrote in.',
      { personal: false },
      (smart) => smart.analysis_results.language,
    ),
    categories: fact.list(
      'categories',
      'What the message is about.',
      { personal: false },
      (smart) => smart.analysis_results.categories,
    ),
    document_type: fact.text(
      'kind of document',
      'What a picture shows.',
      { personal: false },
      (smart) => document(smart)?.doc_type,
    ),
    document_confidence: fact.number(
      'certainty of the document',
      'How sure Sinch is of it, from 0 to 1.',
      { personal: false, range: SHARE },
      (smart) => document(smart)?.confidence,
    ),
    picture_texts: fact.list(
      'texts in pictures',
      'The texts that were recognised in pictures.',
      { personal: true },
      (smart) => textsInPictures(smart.analysis_results),
    ),
  },
});
