// Builds elements from tags and text: matches tags, resolves namespaces, keeps the limits, hands over what is complete.
import { Element, type XmlNode } from './element.ts';
import { notWellFormed, tooMuch } from './error.ts';
import type { Limits } from './limits.ts';
import { declare, noPrefixes, type Prefixes, resolveAttributes, resolveName } from './scope.ts';
import type { Tag } from './tag.ts';

/** Called synchronously while reading, in the order of the document. */
export interface ScannerHandler {
  /** The root's opening tag, without children. */
  open(root: Element): void;
  /** One complete first-level element. */
  element(element: Element): void;
  /** The root's closing tag. */
  close(): void;
  /**
   * Whether an element that would be handed over whole is to be opened like a root instead, its children handed over one by
   * one: for documents of any size. It is given without children; `open` and `close` follow.
   */
  enter?(head: Element): boolean;
}

/** An element whose closing tag has not come. */
interface Frame {
  readonly name: string;
  readonly local: string;
  readonly ns: string;
  readonly defaultNs: string;
  readonly prefixes: Prefixes;
  readonly attrs: readonly string[];
  readonly children: XmlNode[];
}

const blank = /^[ \t\r\n]*$/;

export class Builder {
  readonly #handler: ScannerHandler;
  /** Depth at which elements are handed over: 1 in a stream, 0 for a whole document; one more in each element entered. */
  #level: number;
  readonly #contextNs: string;
  #stack: Frame[] = [];
  #ended = false;
  #opened = 0;
  /** Complete, and not handed over yet. */
  #root: Element | undefined;
  #element: Element | undefined;
  #over = false;

  constructor(handler: ScannerHandler, level: number, contextNs: string) {
    this.#handler = handler;
    this.#level = level;
    this.#contextNs = contextNs;
  }

  /** No element is open in which text or children are kept. */
  get between(): boolean {
    return this.#stack.length <= this.#level;
  }

  get depth(): number {
    return this.#stack.length;
  }

  /** Elements so far. */
  get opened(): number {
    return this.#opened;
  }

  /** The root has been closed. */
  get ended(): boolean {
    return this.#ended;
  }

  open(tag: Tag, limits: Limits): void {
    const stack = this.#stack;
    if (this.#ended) throw notWellFormed('an element behind the root');
    if (stack.length - this.#level >= limits.depth) throw tooMuch('elements too deep');
    const outer = stack[stack.length - 1];
    const prefixes =
      tag.declared.length === 0
        ? (outer?.prefixes ?? noPrefixes)
        : declare(outer?.prefixes ?? noPrefixes, tag.declared, limits);
    const defaultNs = tag.defaultNs ?? outer?.defaultNs ?? this.#contextNs;
    const [ns, local] = resolveName(tag.name, defaultNs, prefixes);
    if (tag.prefixed) resolveAttributes(tag.attrs, prefixes);
    const frame: Frame = { name: tag.name, local, ns, defaultNs, prefixes, attrs: tag.attrs, children: [] };
    stack.push(frame);
    this.#opened++;
    if (stack.length <= this.#level || this.#enters(frame)) this.#root = new Element(local, ns, frame.attrs);
    if (tag.empty) this.#pop(frame, limits);
  }

  #enters({ local, ns, attrs }: Frame): boolean {
    if (this.#stack.length !== this.#level + 1) return false;
    if (this.#handler.enter?.(new Element(local, ns, attrs)) !== true) return false;
    this.#level++;
    return true;
  }

  close(name: string, limits: Limits): void {
    const frame = this.#stack[this.#stack.length - 1];
    if (frame?.name !== name) throw notWellFormed('a closing tag that closes nothing');
    this.#pop(frame, limits);
  }

  /** Gives the handler what is complete; called once its size is known to be allowed, before anything else is read. */
  handOver(): void {
    const root = this.#root;
    const element = this.#element;
    const over = this.#over;
    this.#root = undefined;
    this.#element = undefined;
    this.#over = false;
    if (root !== undefined) this.#handler.open(root);
    if (element !== undefined) this.#handler.element(element);
    if (over) this.#handler.close();
  }

  /** Text with references resolved; between elements only white space may stand. */
  text(text: string, limits: Limits): void {
    const frame = this.#stack[this.#stack.length - 1];
    if (frame === undefined || this.between) {
      if (!blank.test(text)) throw notWellFormed('text between elements');
      return;
    }
    const { children } = frame;
    const last = children.length - 1;
    const before = children[last];
    if (typeof before === 'string') children[last] = before + text;
    else push(children, text, limits);
  }

  #pop(frame: Frame, limits: Limits): void {
    const stack = this.#stack;
    stack.pop();
    if (stack.length < this.#level) {
      this.#ended = stack.length === 0;
      if (!this.#ended) this.#level--;
      this.#over = true;
      return;
    }
    const element = new Element(frame.local, frame.ns, frame.attrs, frame.children);
    const outer = stack[stack.length - 1];
    if (stack.length > this.#level && outer !== undefined) push(outer.children, element, limits);
    else {
      this.#ended = stack.length === 0;
      this.#element = element;
    }
  }
}

const push = (children: XmlNode[], node: XmlNode, limits: Limits): void => {
  if (children.length >= limits.children) throw tooMuch('too many children');
  children.push(node);
};
