/** The list of keys, over the page. */

import { Button, Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";

interface Props {
  open: boolean;
  onOpen: (open: boolean) => void;
  title: string;
  close: string;
  note: string;
  keys: readonly (readonly [string, string])[];
}

export default function HelpDialog({ open, onOpen, title, close, note, keys }: Props) {
  return (
    <ModalOverlay className="overlay" isOpen={open} onOpenChange={onOpen} isDismissable>
      <Modal className="modal">
        <Dialog className="dialog">
          <Heading slot="title">{title}</Heading>
          <dl className="keys">
            {keys.map(([key, meaning]) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
          <p className="mute">{note}</p>
          <Button className="button" slot="close">
            {close}
          </Button>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
