export default function Page() {
  return <div class='page'><h1>signin</h1></div>;
}
