package dev.nst.cli.preview;

/** Where a run stands. */
enum Phase {
  SETTING_UP("Setting up", ""),
  PAINTING("Painting", "running"),
  STOPPING("Stopping", "running"),
  FINISHED("Finished", ""),
  STOPPED("Stopped", ""),
  FAILED("Failed", "bad");

  private final String label;
  private final String kind;

  Phase(String label, String kind) {
    this.label = label;
    this.kind = kind;
  }

  /** Returns what the page calls it. */
  String label() {
    return label;
  }

  /** Returns the class of its label in the style sheet. */
  String kind() {
    return kind;
  }
}
