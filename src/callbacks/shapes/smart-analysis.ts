import * as v from 'valibot';
import type { CallbackSubject } from '../model.ts';
import {
  Anything,
  Count,
  distinct,
  Flag,
  Identity,
  isRecord,
  Parts,
  Text,
  Texts,
  Unread,
} from './parts.ts';

/** What machine reading found in a message. Source: Sinch specification, AnalysisResult; the last four fields from the reference pages' `analysis`. */
const AnalysisResults = v.looseObject({
  ml_sentiment_result: Parts({
    message: Text,
    sentiment: Text,
    score: Count,
    confidence: Count,
    results: Unread,
  }),
  ml_nlu_result: Parts({
    message: Text,
    intent: Text,
    score: Count,
    results: Parts({ intent: Text, score: Count }),
  }),
  ml_image_recognition_result: Parts({
    url: Text,
    document_image_classification: Anything,
    optical_character_recognition: Anything,
    document_field_classification: Unread,
  }),
  ml_pii_result: Parts({ message: Text, masked: Text }),
  ml_offensive_analysis_result: Parts({ message: Text, url: Text, evaluation: Text, score: Count }),
  pii_detected: Flag,
  pii_entities: Parts({ type: Text, text: Text, start: Count, end: Count }),
  language: Text,
  categories: Texts,
});
type AnalysisResults = v.InferOutput<typeof AnalysisResults>;

/** The reference pages' `analysis` under the specification's names. */
function analysisResults(analysis: Record<string, unknown>): Record<string, unknown> {
  const { sentiment, intent, offensive_content: offensive, ...rest } = analysis;
  const { label, ...mood } = isRecord(sentiment) ? sentiment : {};
  return {
    ...rest,
    ml_sentiment_result: isRecord(sentiment) ? [{ ...mood, sentiment: label }] : undefined,
    ml_nlu_result: isRecord(intent)
      ? [
          {
            intent: intent.primary,
            score: intent.confidence,
            results: listed(intent.secondary).map((name) => ({ intent: name })),
          },
        ]
      : undefined,
    ml_offensive_analysis_result: isRecord(offensive)
      ? [
          {
            evaluation: offensive.detected === true ? 'UNSAFE' : 'SAFE',
            score: offensive.confidence,
          },
        ]
      : undefined,
  };
}

const listed = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Whether any part of the message was found offensive. */
export function isOffensive({
  ml_offensive_analysis_result: results,
}: AnalysisResults): boolean | undefined {
  return results && results.length > 0
    ? results.some(({ evaluation }) => evaluation?.toUpperCase() === 'UNSAFE')
    : undefined;
}

/** Whether personal data was found: reported directly, or masked in a result. */
export function holdsPii({
  pii_detected,
  ml_pii_result: results,
}: AnalysisResults): boolean | undefined {
  if (pii_detected !== undefined) return pii_detected;
  return results && results.length > 0
    ? results.some(({ message, masked }) => masked !== undefined && masked !== message)
    : undefined;
}

/** Every intent that was found, the main one first. */
export const intents = ({ ml_nlu_result: results }: AnalysisResults) =>
  distinct(
    results?.flatMap(({ intent, results: others }) => [
      intent,
      ...(others ?? []).map((other) => other.intent),
    ]),
  );

/** The texts that were read in pictures. */
export const textsInPictures = ({ ml_image_recognition_result: results }: AnalysisResults) =>
  distinct(
    results
      ?.flatMap(({ optical_character_recognition: read }) => listed(read?.result))
      .flatMap((line) => (isRecord(line) ? listed(line.data) : []))
      .filter((text) => typeof text === 'string'),
  );

/** What Sinch's machine reading makes of a message. Source: Sinch specification, SmartConversationNotification: `channel_identity` is a text. */
export const SmartConversations = v.pipe(
  v.unknown(),
  v.transform((raw) => {
    if (!isRecord(raw)) return raw;
    const { analysis, channel_identity: who, ...rest } = raw;
    const found = isRecord(raw.analysis_results)
      ? raw.analysis_results
      : isRecord(analysis)
        ? analysisResults(analysis)
        : {};
    const person = isRecord(who)
      ? { channel: rest.channel ?? who.channel, channel_identity: who.identity }
      : { channel_identity: who };
    return { ...rest, ...person, analysis_results: found };
  }),
  v.looseObject({
    contact_id: Text,
    channel_identity: Identity,
    channel: Text,
    message_id: Text,
    conversation_id: Text,
    processing_mode: Text,
    analysis_results: AnalysisResults,
  }),
);
export type SmartConversations = v.InferOutput<typeof SmartConversations>;

export const analysisSubject = (smart: SmartConversations): CallbackSubject => ({
  channel: smart.channel,
  identity: smart.channel_identity,
  contactId: smart.contact_id,
  conversationId: smart.conversation_id,
  messageId: smart.message_id,
  processingMode: smart.processing_mode,
});

export const sentiment = (smart: SmartConversations) =>
  smart.analysis_results.ml_sentiment_result?.[0];
export const nlu = (smart: SmartConversations) => smart.analysis_results.ml_nlu_result?.[0];
export const document = (smart: SmartConversations) =>
  smart.analysis_results.ml_image_recognition_result?.[0]?.document_image_classification;
