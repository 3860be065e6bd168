/*
 * The editor: CodeMirror 6 with what a block of Python needs, bundled by esbuild into editor.js.
 */

import { closeBrackets, closeBracketsKeymap } from "@codemirror/autocomplete"
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands"
import { python } from "@codemirror/lang-python"
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language"
import { EditorState, Prec, StateEffect, StateField } from "@codemirror/state"
import { Decoration, drawSelection, EditorView, keymap, lineNumbers } from "@codemirror/view"
import { classHighlighter } from "@lezer/highlight"

const mark = StateEffect.define() // a line number, or 0 for none
const marked = StateField.define({
  create: () => Decoration.none,
  update(lines, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(mark)) continue
      const number = effect.value
      if (!number || number > transaction.state.doc.lines) return Decoration.none
      const line = Decoration.line({ class: "cm-wrong-line" })
      return Decoration.set([line.range(transaction.state.doc.line(number).from)])
    }
    return transaction.docChanged ? lines.map(transaction.changes) : lines
  },
  provide: field => EditorView.decorations.from(field),
})

/**
 * An editor in `parent`.
 *
 * Tab indents; after Escape, Tab leaves (CodeMirror's own arrangement), which `label` should say.
 */
export function create({ parent, text, label, onChange, onRun }) {
  const run = Prec.highest(keymap.of([{ key: "Mod-Enter", run: () => (onRun(), true) }]))
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        run, history(), drawSelection(), lineNumbers(), indentOnInput(), bracketMatching(),
        closeBrackets(), indentUnit.of("    "), python(), syntaxHighlighting(classHighlighter),
        marked, EditorView.lineWrapping,
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
        EditorView.contentAttributes.of({
          "aria-label": label, autocapitalize: "off", autocorrect: "off", spellcheck: "false",
        }),
        EditorView.updateListener.of(update => update.docChanged && onChange(update.state.doc.toString())),
      ],
    }),
  })
  return {
    focus: () => view.focus(),
    text: () => view.state.doc.toString(),
    replace: now => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: now } }),
    mark: line => view.dispatch({ effects: mark.of(line) }),
    destroy: () => view.destroy(),
  }
}
