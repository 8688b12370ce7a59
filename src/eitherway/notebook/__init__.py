"""What the notebook needs beside its subject: pictures, and sentences that know whether they are still true."""
