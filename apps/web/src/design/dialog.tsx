// A dialog over the page: named, closed by Escape, by a button or by pressing beside it; focus goes back where it was.
import type { ReactElement, ReactNode } from 'react';
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { IconButton } from './button.tsx';
import './dialog.css';

interface DialogProps {
  readonly title: string;
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export const Dialog = ({ title, isOpen, onClose, children }: DialogProps): ReactElement => {
  const { t } = useTranslation();
  return (
    <ModalOverlay
      className="scrim"
      isDismissable
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Modal className="sheet">
        <AriaDialog className="dialog">
          <header className="dialog-head">
            <Heading slot="title" className="dialog-title">
              {title}
            </Heading>
            <IconButton icon="close" label={t('close')} slot="close" />
          </header>
          {children}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
};
