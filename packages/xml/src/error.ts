// XML that a stream must not carry, with the stream error that says so (RFC 6120 §4.9.3, §11).

export type XmlCondition =
  | 'not-well-formed'
  | 'restricted-xml'
  | 'unsupported-encoding'
  | 'policy-violation'
  | 'bad-namespace-prefix';

/** The peer's fault; carries the condition with which its stream ends. */
export class XmlError extends Error {
  readonly condition: XmlCondition;

  constructor(condition: XmlCondition, message: string) {
    super(message);
    this.condition = condition;
  }
}

export const notWellFormed = (message: string): XmlError => new XmlError('not-well-formed', message);

export const tooMuch = (message: string): XmlError => new XmlError('policy-violation', message);
