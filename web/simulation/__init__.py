"""Wire: whole worlds made from one number: servers, people, operators, crashes, and the rules that must hold."""
