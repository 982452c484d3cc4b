// Section "piece".
export function setUpPiece(section, page) {}
