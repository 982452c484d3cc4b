// Section "night".
export function setUpNight(section, page) {}
