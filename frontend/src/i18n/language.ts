/** The language of the page: the reader's choice if there is one, else the browser's. Japanese for all but English. */

import type { ReactiveController, ReactiveControllerHost } from "lit";

import { en } from "./en";
import { Format } from "./format";
import { ja, type Messages } from "./ja";

export type Language = "ja" | "en";

const STORED = "local-vpp.language";
const DICTIONARIES: Record<Language, Messages> = { ja, en };

export function chooseLanguage(stored: string | null, preferred: readonly string[]): Language {
  if (stored === "ja" || stored === "en") return stored;
  const known = preferred.map((tag) => tag.slice(0, 2)).find((tag) => tag === "ja" || tag === "en");
  return known === "en" ? "en" : "ja";
}

class LanguageChoice extends EventTarget {
  language: Language = chooseLanguage(readStored(), navigator.languages);

  get messages(): Messages {
    return DICTIONARIES[this.language];
  }

  change(language: Language): void {
    this.language = language;
    document.documentElement.lang = language;
    try {
      localStorage.setItem(STORED, language);
    } catch {
      // A browser that stores nothing forgets the choice with the page: nothing to mend.
    }
    this.dispatchEvent(new Event("change"));
  }
}

function readStored(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

export const choice = new LanguageChoice();

/** Gives an element its words and number formats, and renders it anew when the language changes. */
export class Localised implements ReactiveController {
  private format = new Format(choice.language, choice.messages);

  constructor(private readonly host: ReactiveControllerHost) {
    host.addController(this);
  }

  get t(): Messages {
    return choice.messages;
  }

  get f(): Format {
    if (this.format.language !== choice.language) this.format = new Format(choice.language, choice.messages);
    return this.format;
  }

  hostConnected(): void {
    choice.addEventListener("change", this.changed);
  }

  hostDisconnected(): void {
    choice.removeEventListener("change", this.changed);
  }

  private readonly changed = (): void => this.host.requestUpdate();
}
