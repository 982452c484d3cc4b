// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// What was odd in a MIDI file that was read all the same, as one line: `descant/piano/oddities.py`.

const COUNTS = ["before", "songs", "lengths", "cut", "chunks", "behind", "skipped", "clipped", "tempi", "drums", "late"];

// Of a file in which nothing is odd; `tracks`, where it is not null, is [how many there are, how many the
// header names].
export function noOddities() {
  return { tracks: null, ...Object.fromEntries(COUNTS.map((name) => [name, 0])) };
}

// "" where nothing was odd.
export function midiRemark(odd) {
  const { before, tracks, songs, lengths, cut, chunks, behind, skipped, clipped, tempi, drums, late } = odd;
  const phrases = [
    before && `${counted(before, "byte")} before its header passed over`,
    tracks && `${counted(tracks[0], "track")} where its header says ${tracks[1]}`,
    songs && `${songs} independent songs (format 2) read as one`,
    lengths && `${counted(lengths, "track")} with a wrong length`,
    cut && `${counted(cut, "track")} cut off`,
    chunks && `${counted(chunks, "unknown chunk")} passed over`,
    behind && `${counted(behind, "message")} behind an end of track read`,
    skipped && `${counted(skipped, "stray byte")} passed over`,
    clipped && `${counted(clipped, "data byte")} over 127 read as 127`,
    tempi && `${counted(tempi, "damaged tempo", "damaged tempi")} read as 120 quarters a minute`,
    drums && `${counted(drums, "note")} on channel 10 (drums) left out`,
    late && `${counted(late, "event")} over 100 days after the start left out`,
  ];
  return phrases.filter(Boolean).join("; ");
}

// "1 track", "2 tracks".
function counted(number, noun, nouns = `${noun}s`) {
  return `${number} ${number === 1 ? noun : nouns}`;
}
