/** @import { TelLinkOptions } from "./tel_links.js" */
import { bare, CallFlow, COOLDOWN, prepare } from "./call_flow.js";
import { QuickcallButton } from "./element_class.js";
import { loadTalk, talk } from "./talk.js";

/**
 * What the links below `root` do when they are pressed. It is loaded with the first sign of a press.
 * @param {Document | ShadowRoot | Element} root
 * @param {TelLinkOptions | undefined} given
 * @param {(event: Event) => Element | undefined} linkOf The link to call that an event happened in.
 */
export function makeLinkCalls(root, given, linkOf) {
  // Without any a press says what is missing.
  const options = given ?? {};
  const { confirm = "none", cooldown = COOLDOWN } = options;
  const document = root.ownerDocument ?? /** @type {Document} */ (root);
  /** @type {import("./element_notice.js").Notice | undefined} */
  let notice;
  /** The link of the last press. @type {HTMLElement | SVGElement | undefined} */
  let pressed;
  /** The link of a press that came while the call of another number was under way. @type {typeof pressed} */
  let refused;
  /** The link of the last press, where the call of its number was under way already. @type {typeof pressed} */
  let again;

  const messages = () => options.messages ?? QuickcallButton.messages;
  let isStopped = false;
  /** Whether the notice was closed though something is still known of a call. The next press opens it again. */
  let isClosed = false;
  const show = () => {
    if (isStopped) return;
    pressed?.setAttribute("data-state", flow.state);
    notice?.say((element) => {
      if (refused) talk?.sayWord(element, messages(), "another");
      else if (isClosed) element.textContent = "";
      else talk?.sayState(element, messages(), flow, confirm);
    });
  };
  const flow = new CallFlow({
    way: () => ({
      handler: textOf(options.handler),
      endpoint: textOf(options.endpoint),
      baseUrl: textOf(options.baseUrl),
      accountId: textOf(options.accountId),
      user: textOf(options.user),
      device: textOf(options.device),
      authToken: options.authToken,
      options: options.options,
      cooldown,
    }),
    progress: () => options.progress,
    show() {
      // What is new of the call that is under way is said.
      refused = undefined;
      show();
    },
    ask: (talk, question) => {
      showNotice(pressed);
      if (!notice || confirm !== "dialog") return;
      talk.askInDialog(notice.root, messages(), flow, question, () => pressed?.focus());
    },
    tell: (name, detail, cancelable = false) =>
      isStopped ||
      // A link that a page has taken away is heard by nobody.
      (pressed?.isConnected ? pressed : root).dispatchEvent(
        new CustomEvent(name, { detail, cancelable, bubbles: true, composed: true }),
      ),
  });

  const hide = () => {
    isClosed = true;
    show();
  };
  const close = () => {
    const link = refused ?? again ?? pressed;
    if (refused) {
      // The other call goes on, and what is known of it is shown as before.
      refused = undefined;
      show();
    } else if (flow.isUnknown) {
      // That nobody knows what became of the call is not forgotten: the next press asks.
      flow.abort();
      hide();
    } else {
      flow.reset();
    }
    link?.focus();
  };
  /** @param {Element | undefined} link */
  const showNotice = (link) => {
    if (!talk || !link || isStopped) return;
    // A page that changes its content as a whole takes the notice away.
    if (!notice?.root.isConnected)
      notice = talk.makeNotice(document, messages(), close, () => flow.decline());
    notice.moveTo(link);
    show();
  };
  /** @param {KeyboardEvent} event */
  const onEscape = ({ target, defaultPrevented, isComposing }) => {
    if (flow.isInDialog) return;
    // Elsewhere the key is for something else, such as a menu of the page.
    /** @type {unknown[]} */
    const places = [notice?.root.host, document.body, ...(refused ? [refused] : [pressed, again])];
    const isHere = places.includes(target);
    const isMeant = isHere && !defaultPrevented && !isComposing;
    const isSaid = isMeant && notice?.isSaid;
    // What is said of another link is put away, and its call goes on.
    if (refused) isSaid && close();
    else if (flow.state === "calling" || flow.state === "confirming") isMeant && flow.abort();
    else if (isSaid) flow.isBusy ? hide() : close();
  };
  const listening = listenToKeys(root, document, linkOf, onEscape);
  return {
    /** @param {Element} link */
    prepare(link) {
      loadTalk().then(() => showNotice(link));
      prepare(textOf(options.handler));
    },
    /**
     * @param {HTMLElement | SVGElement} link
     * @param {string} number
     */
    press(link, number) {
      // A press may wait for this script.
      if (isStopped) return;
      if (flow.isTaken) {
        // Nothing may be pressed in vain: what is under way is said again, or that it is another call.
        refused = bare(number) === bare(flow.number) ? undefined : link;
        again = refused ? undefined : link;
        if (!refused) isClosed = false;
        showNotice(link);
        return;
      }
      if (pressed !== link) pressed?.removeAttribute("data-state");
      pressed = link;
      again = undefined;
      isClosed = false;
      flow.press(number, confirm !== "none");
      loadTalk().then(() => showNotice(link));
    },
    stop() {
      listening.abort();
      // What the call still comes to is no matter of these links.
      isStopped = true;
      flow.leave();
      notice?.remove();
      pressed?.removeAttribute("data-state");
    },
  };
}

/**
 * Listens to the keys that mean something to links.
 * @param {Document | ShadowRoot | Element} root
 * @param {Document} document
 * @param {(event: Event) => Element | undefined} linkOf
 * @param {(event: KeyboardEvent) => void} onEscape
 * @returns {AbortController} Ends it.
 */
function listenToKeys(root, document, linkOf, onEscape) {
  const listening = new AbortController();
  const until = { signal: listening.signal };
  /** @param {Event} event */
  const onKey = (event) => {
    const pressed = /** @type {KeyboardEvent} */ (event);
    if (pressed.key === "Escape") onEscape(pressed);
    // A key that is held down is one press: some browsers give a click for every repeat.
    if (pressed.key === "Enter" && pressed.repeat && linkOf(event)) event.preventDefault();
  };
  root.addEventListener("keydown", onKey, until);
  // The notice stands outside of a root that is only a part of the page, and so does the body, which has the focus where nothing has it.
  /** @param {KeyboardEvent} event */
  const onKeyOutside = (event) => {
    if (event.key === "Escape" && !event.composedPath().includes(root)) onEscape(event);
  };
  document.addEventListener("keydown", onKeyOutside, until);
  return listening;
}

/**
 * What is no text is as if it was left out: the call is refused for it.
 * @param {unknown} value
 */
function textOf(value) {
  return typeof value === "string" ? value : undefined;
}
