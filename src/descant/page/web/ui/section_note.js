// Section "note".
export function setUpNote(section, page) {}
