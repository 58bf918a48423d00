package dev.nst.converter;

import java.util.Map;

/**
 * What both containers come down to.
 *
 * @param root the object that was saved
 * @param storagePositions where the elements of each storage begin in the file, by key; the
 *     container has checked that all of them lie inside the file
 */
record CheckpointContents(PickleValue root, Map<String, Long> storagePositions) {}
