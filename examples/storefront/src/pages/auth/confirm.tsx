export default function Page() {
  return <div class='page'><h1>confirm</h1></div>;
}
