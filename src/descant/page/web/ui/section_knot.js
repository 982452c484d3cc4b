// Section "knot".
export function setUpKnot(section, page) {}
