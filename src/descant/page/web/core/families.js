// Copyright 2026 Descant maintainers
// SPDX-License-Identifier: Apache-2.0

// The families of functions that can be learned, by name.
import { cubicFamily } from "./cubic.js";
import { harmonographFamily } from "./harmonograph.js";
import { knotFamily } from "./knot.js";

export const FAMILIES = { cubic: cubicFamily, knot: knotFamily, harmonograph: harmonographFamily };
