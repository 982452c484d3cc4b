// What was odd in a MIDI file that was read all the same, as one line: `descant/piano/oddities.py`.

// "" where nothing was odd.
export function midiRemark({ before, tracks, lengths, cut, chunks, skipped, clipped, tempi, drums }) {
  const phrases = [
    before && `${counted(before, "byte")} before its header passed over`,
    tracks && `${counted(tracks[0], "track")} where its header says ${tracks[1]}`,
    lengths && `${counted(lengths, "track")} with a wrong length`,
    cut && `${counted(cut, "track")} cut off`,
    chunks && `${counted(chunks, "unknown chunk")} passed over`,
    skipped && `${counted(skipped, "stray byte")} passed over`,
    clipped && `${counted(clipped, "data byte")} over 127 read as 127`,
    tempi && `${counted(tempi, "tempo", "tempi")} of 0 read as 120 quarters a minute`,
    drums && `${counted(drums, "note")} on channel 10 (drums) left out`,
  ];
  return phrases.filter(Boolean).join("; ");
}

// "1 track", "2 tracks".
function counted(number, noun, nouns = `${noun}s`) {
  return `${number} ${number === 1 ? noun : nouns}`;
}
