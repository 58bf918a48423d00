/** The command line. */
module dev.nst.cli {
  requires ch.qos.logback.classic;
  requires com.fasterxml.jackson.core;
  requires dev.nst.converter;
  requires dev.nst.core;
  requires info.picocli;
  requires java.desktop;
  requires java.management;
  requires java.net.http;
  requires jdk.httpserver;
  requires me.tongfei.progressbar;
  requires org.slf4j;

  opens dev.nst.cli to
      info.picocli;
}
