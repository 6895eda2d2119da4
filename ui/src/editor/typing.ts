/**
 * Typing over a selection is done by the editor itself. Left to it, Chromium keeps the look of the
 * replaced text in a style attribute, which the content security policy refuses loudly.
 */
import { EditorView } from '@codemirror/view';

export const typingOverSelection = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { main } = view.state.selection;
    const { data, inputType } = event;
    if (inputType !== 'insertText' || !data || main.empty || view.composing) return false;
    const insert = () => view.state.update(view.state.replaceSelection(data), { userEvent: 'input.type' });
    // Brackets that wrap what is selected come first.
    const isHandled = view.state.facet(EditorView.inputHandler).some((handler) => handler(view, main.from, main.to, data, insert));
    if (!isHandled) view.dispatch(insert());
    event.preventDefault();
    return true;
  },
});
