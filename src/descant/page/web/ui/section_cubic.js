// Section "cubic".
export function setUpCubic(section, page) {}
