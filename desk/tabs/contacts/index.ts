import { defineTab } from '../tab';
import { correct, handBack, moveStage, optIn, optOut, setMode, takeOver } from './actions';
import { de } from './de';
import { en, type ContactsWords } from './en';
import { loadContacts, type ContactsModel } from './load';
import { erase, exportData } from './personalData';
import { contactsView } from './view';

export const contactsTab = defineTab<ContactsModel, ContactsWords>({ id: 'contacts', words: { en, de }, load: loadContacts, view: contactsView, actions: { correct, moveStage, takeOver, handBack, optOut, optIn, setMode, exportData, erase } });
