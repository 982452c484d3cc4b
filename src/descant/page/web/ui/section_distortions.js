// Section "distortions".
export function setUpDistortions(section, page) {}
