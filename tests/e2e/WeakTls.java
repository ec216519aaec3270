// A TLS server of another maker, for tests: JSSE still has what OpenSSL no longer does (SSL 3.0, RC4, DES, EXPORT).
//
//   java WeakTls.java KEYSTORE default|suites|all
//
// The keystore is PKCS #12 with the password below. `default` is as Java is; `suites` takes every cipher suite under TLS 1.2
// and 1.3; `all` every version too. Prints its port when it is ready, and ends with its input.
import java.io.FileInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.security.KeyStore;
import java.security.Security;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

public class WeakTls {
  static final char[] PASSWORD = "not-a-secret".toCharArray();

  static void answer(SSLSocket socket) {
    try (socket) {
      socket.startHandshake();
    } catch (IOException refused) {
      // What is refused is the client's to tell.
    }
  }

  public static void main(String[] arguments) throws Exception {
    if (!arguments[1].equals("default"))
      for (var policy : new String[] {"jdk.tls.disabledAlgorithms", "jdk.tls.legacyAlgorithms"})
        Security.setProperty(policy, "");
    var keys = KeyStore.getInstance("PKCS12");
    keys.load(new FileInputStream(arguments[0]), PASSWORD);
    var managers = KeyManagerFactory.getInstance("SunX509");
    managers.init(keys, PASSWORD);
    var context = SSLContext.getInstance("TLS");
    context.init(managers.getKeyManagers(), null, null);
    var server = (SSLServerSocket) context.getServerSocketFactory().createServerSocket(
        0, 50, InetAddress.getByName("127.0.0.1"));
    if (!arguments[1].equals("default")) server.setEnabledCipherSuites(server.getSupportedCipherSuites());
    if (arguments[1].equals("suites")) server.setEnabledProtocols(new String[] {"TLSv1.2", "TLSv1.3"});
    if (arguments[1].equals("all")) server.setEnabledProtocols(server.getSupportedProtocols());
    System.out.println(server.getLocalPort());
    var accepting = new Thread(() -> {
      while (true) {
        try {
          var socket = (SSLSocket) server.accept();
          new Thread(() -> answer(socket)).start();
        } catch (IOException gone) {
          // The client hung up before it was heard.
        }
      }
    });
    accepting.setDaemon(true);
    accepting.start();
    while (System.in.read() >= 0) {
    }
    System.exit(0);
  }
}
